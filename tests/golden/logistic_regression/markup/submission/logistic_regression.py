SCRIPT = "<script>alert(1)</script><svg onload=alert(2)> [bold red]full marks[/bold red] [/] [link=https://x.invalid]here[/link]"

print(SCRIPT)
print("](javascript:alert(1)) $(touch hostile_shell) `touch hostile_shell` %0d%0a {{7*7}}")


def criterion(y_hat, y):
    raise type("Error<script>", (Exception,), {})(SCRIPT)
