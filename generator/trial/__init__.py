"""All that runs a seed's tests: baseline, trials, tracing, cold confirmation. `child/` is what runs inside the seed's interpreter."""
