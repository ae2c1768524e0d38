"""ERPs that only the measurements ask; `bench.serving` puts them beside the service's own."""
