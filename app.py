"""The dashboard for a server (`gunicorn app:server`); `python app.py` shows it here."""

from geo_astana import cli, dashboard

app = dashboard.create_app()
server = app.server

if __name__ == "__main__":
    cli.main(["serve"])
