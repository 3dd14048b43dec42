-- The role of migrations-readonly/ has no password; over the compose network it needs one.
\getenv password METRICS_READER_PASSWORD
ALTER ROLE metrics_reader PASSWORD :'password';
