"""Plans as code: the frozen types of a plan, and how a YAML file becomes one."""
