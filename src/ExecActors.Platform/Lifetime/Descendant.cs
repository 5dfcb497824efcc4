#pragma warning disable CA2000 // the pidfds pass to the descendants, which are disposed by whoever asked for them
using System.Globalization;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>A living process that bears a mark, or descends from one that does. Its holder disposes it.</summary>
internal sealed class Descendant(int pid, ulong mark, SafeFileHandle pidfd) : IDisposable
{
    public int Pid => pid;

    /// <summary>Its mark, or that of the ancestor by which it was found.</summary>
    public ulong Mark => mark;

    /// <summary>Finds those with a mark, and all that descend from them by parents that live. Reads all of /proc, a microsecond or two for each process of the machine.</summary>
    public static List<Descendant> Find(Func<ulong, bool> isWanted)
    {
        var found = new Dictionary<int, Descendant>();
        var session = Libc.GetSid(0);
        foreach (var pid in Numbers("/proc"))
        {
            if (HasMark(pid) is { } mark && Hold(pid) is { } pidfd)
            {
                // Looked at again now that the number cannot be a stranger's.
                Keep(new Descendant(pid, mark, pidfd), HasMark(pid) == mark);
            }
        }

        var parents = new Queue<Descendant>(found.Values);
        while (parents.TryDequeue(out var parent))
        {
            foreach (var child in ChildrenOf(parent.Pid))
            {
                if (!found.ContainsKey(child) && Hold(child) is { } pidfd)
                {
                    var descendant = new Descendant(child, parent.Mark, pidfd);
                    Keep(descendant, ChildrenOf(parent.Pid).Contains(child));
                    if (found.ContainsKey(child))
                    {
                        parents.Enqueue(descendant);
                    }
                }
            }
        }

        return [.. found.Values];

        // What shares the program's own session was not started here: a child of ours is in a session of its own, and nobody enters another one.
        ulong? HasMark(int pid) =>
            Libc.SoftLocks(pid) is { } mark && isWanted(mark) && pid != Environment.ProcessId && Libc.GetSid(pid) != session ? mark : null;

        void Keep(Descendant descendant, bool isSure)
        {
            if (isSure)
            {
                found.Add(descendant.Pid, descendant);
            }
            else
            {
                descendant.Dispose();
            }
        }
    }

    /// <summary>The children of a process, those that others of its threads started included. Empty when it has ended.</summary>
    public static List<int> ChildrenOf(int pid)
    {
        var children = new List<int>();
        var tasks = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task");
        foreach (var task in Numbers(tasks))
        {
            try
            {
                var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"{tasks}/{task}/children"));
                children.AddRange(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture)));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // The thread has just ended, and its children passed to another one.
            }
        }

        return children;
    }

    /// <summary>SIGKILL. One of another user cannot be killed.</summary>
    public void Kill() => _ = pidfd.IsInvalid ? Libc.Kill(pid, Signals.SIGKILL) : Libc.PidfdSendSignal(pidfd, Signals.SIGKILL);

    /// <summary>Waits for its end, which for a zombie has come.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool AwaitEnd(int milliseconds) => Libc.PollFor(pidfd, Libc.POLLIN, milliseconds) > 0;

    public void Dispose() => pidfd.Dispose();

    /// <returns>Null for one that has ended, all of its threads, a zombie too; an invalid handle when no descriptor is left, and its number has to do.</returns>
    private static SafeFileHandle? Hold(int pid)
    {
        var pidfd = Libc.PidfdOpen(pid);
        if (pidfd.IsInvalid ? Libc.LastErrno is Errno.EMFILE or Errno.ENFILE : Libc.PollFor(pidfd, Libc.POLLIN, 0) == 0)
        {
            return pidfd;
        }

        pidfd.Dispose();
        return null;
    }

    private static IEnumerable<int> Numbers(string folder)
    {
        IEnumerable<string> names;
        try
        {
            names = Directory.GetDirectories(folder);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            yield break; // the process has ended
        }

        foreach (var name in names)
        {
            if (int.TryParse(name.AsSpan(folder.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return number;
            }
        }
    }
}
