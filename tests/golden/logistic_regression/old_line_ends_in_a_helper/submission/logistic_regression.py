from measures import criterion
