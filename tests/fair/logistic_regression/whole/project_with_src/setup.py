"""Installs the lab, as the template of a project has it."""

from setuptools import setup

setup(name="my-lab", package_dir={"": "src"})
