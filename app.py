"""The dashboard for a server (`gunicorn app:server`); `python app.py` shows it here."""

from geo_astana import cli, dashboard, settings

app = dashboard.create_app(None, settings.read())
server = app.server

if __name__ == "__main__":
    cli.main(["serve"])
