"""Stories played over HTTP, without JavaScript, on a running portal: `--check` of script/demo, script/production."""
