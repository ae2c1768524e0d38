"""What an operator sees: logs, traces and metrics. Knows structlog, OpenTelemetry, Prometheus."""
