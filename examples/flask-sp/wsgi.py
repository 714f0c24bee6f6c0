"""What a WSGI server runs: `flask run` or `gunicorn wsgi:app`."""

import os

from wiki import create_app

app = create_app(os.environ.get("WIKI_DATABASE", "wiki.db"), os.environ["WIKI_SCIM_TOKEN"])
