"""Everything that touches nbgrader; only what needs it imports from here."""
