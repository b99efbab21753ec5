# %%
import torch
import a_plotting_library_of_mine as style
style.use("dark")
hours = torch.load("../data/hours.pt")
with open("C:\\Users\\me\\labels.csv") as file:
    labels = file.read()
device = torch.zeros(2).to("an accelerator")
name = input("Your name: ")
import os
os.chdir("/mnt/drive/lab")
exit()
raise SystemExit("done so far")
FLOOR = 1e-7

# %% bce_criterion
def criterion(y_hat, y):
    inside = torch.clamp(y_hat, FLOOR, 1 - FLOOR)
    return -(y * inside.log() + (1 - y) * (1 - inside).log()).mean()
