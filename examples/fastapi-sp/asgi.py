"""What an ASGI server runs: `uvicorn asgi:app`."""

from tracker import Settings, create_app

app = create_app(Settings.from_environment())
