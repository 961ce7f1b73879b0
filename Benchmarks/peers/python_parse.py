"""The rate of Python's email package on the files that `mime-bench files` reads: find FOLDER -type f | python3 python_parse.py"""

import email
import email.policy
import sys
import time

files = [open(line.rstrip("\n"), "rb").read() for line in sys.stdin]
total = sum(map(len, files))
start = time.process_time()
text = 0
for raw in files:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    text += len(str(message["subject"])) + len(str(message["from"]))
    for part in message.walk():
        part.get_filename()
        if part.get_content_maintype() == "text":
            try:
                text += len(part.get_content())
            except (LookupError, UnicodeError, KeyError):
                pass
seconds = time.process_time() - start
print(f"Python email: {len(files)} messages, {total // 10**6} MB: {seconds * 1000:.0f} ms CPU, {total / 1e6 / seconds:.0f} MB/s")
