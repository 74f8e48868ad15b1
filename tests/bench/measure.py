"""CPU time and memory of a whole process."""
import os
import subprocess


def measure(command, runs, output):
    """Exit status, least CPU milliseconds (user and system) of some runs, and peak memory in megabytes.

    The last run's output is in the file `output`.
    """
    best, peak, status = None, 0, 0
    for _ in range(runs):
        with open(output, "wb") as file:
            child = subprocess.Popen(command, stdout=file, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
        milliseconds = 1000 * (usage.ru_utime + usage.ru_stime)
        best = milliseconds if best is None else min(best, milliseconds)
        peak = max(peak, usage.ru_maxrss)
    return os.waitstatus_to_exitcode(status), best, peak / 1024
