"""Where the configuration is, before any of it is read."""

#: names the configuration file itself, not a setting in it
FILE_VARIABLE = "IMDIFEED_CONFIG"
DEFAULT_FILE = "imdifeed.toml"
