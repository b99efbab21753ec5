"""What a student handed in (files, scripts, notebooks, archives), read as text and never run."""
