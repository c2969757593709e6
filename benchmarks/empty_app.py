"""An empty Dash app, served as `geo-astana serve --port 0` serves ours."""

import logging

from dash import Dash, html
from werkzeug import serving

logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = Dash(__name__)
app.layout = html.Div()
server = serving.make_server("127.0.0.1", 0, app.server, threaded=True)
print(f"http://127.0.0.1:{server.port}/", flush=True)
server.serve_forever()
