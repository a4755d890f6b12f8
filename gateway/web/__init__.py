"""The screens: what people see of Musubi in a browser. A client of the public HTTP API and of nothing else."""
