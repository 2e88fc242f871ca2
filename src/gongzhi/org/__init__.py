"""Who works here and where: divisions, dated grids, departments, people, posts and what each may see."""
