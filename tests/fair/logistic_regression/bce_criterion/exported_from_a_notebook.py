#!/usr/bin/env python
# coding: utf-8

# In[1]:


get_ipython().run_line_magic("matplotlib", "inline")
get_ipython().system("pip install torch")
import torch


# In[2]:


get_ipython().run_cell_magic("time", "", "import nowhere_to_be_found\nFLOOR = 1e-7\n")


# In[3]:


get_ipython().run_cell_magic("writefile", "names.txt", "a\nb\n")
NAMES = open("names.txt").read().split()

# In[4]:


def criterion(y_hat, y):
    inside = torch.clamp(y_hat, FLOOR, 1 - FLOOR)
    return -(y * inside.log() + (1 - y) * (1 - inside).log()).mean()
