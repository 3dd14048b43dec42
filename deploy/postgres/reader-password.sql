-- migrations-readonly/ creates the role without a password. Over the compose network it needs one.
\getenv password METRICS_READER_PASSWORD
ALTER ROLE metrics_reader PASSWORD :'password';
