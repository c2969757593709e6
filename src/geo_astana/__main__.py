"""`python -m geo_astana` is `geo-astana`."""

from geo_astana import cli

if __name__ == "__main__":
    cli.main()
