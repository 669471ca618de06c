"""A portal that runs, walked by people without JavaScript: `script/demo --check`, `script/production --check`."""
