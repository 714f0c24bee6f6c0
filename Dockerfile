# idpsim and nothing else. First `pip wheel --no-deps --wheel-dir dist .`, then `docker build --tag idpsim .`
FROM python:3.13-slim
COPY dist/idpsim-*.whl /tmp/
RUN pip install --no-cache-dir /tmp/idpsim-*.whl && useradd --create-home idpsim && install --directory --owner idpsim /work
USER idpsim
WORKDIR /work
EXPOSE 8765
ENTRYPOINT ["idpsim"]
CMD ["run"]
