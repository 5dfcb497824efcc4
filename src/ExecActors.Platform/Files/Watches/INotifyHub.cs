using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// One inotify descriptor for many listeners, since a user may have few. The reactor's thread reads it at once, whatever the listeners do, and hands each record
/// to those whom it concerns: one that is slow loses records of its own, not those of others.
/// </summary>
/// <remarks>
/// Safe from any thread. The kernel gives the same number to all who watch the same file, and never gives a number twice. A listener is entered after the kernel
/// has begun to watch, so whoever adds looks at the file afterwards. No system call that may block is made while the lock is held.
/// </remarks>
internal sealed class INotifyHub(Reactor reactor, SafeFileHandle inotify) : ReactorSource(reactor, inotify)
{
    private const int ReadsPerTurn = 4;
    private const uint Happenings = 0xFFF; // IN_ACCESS to IN_MOVE_SELF: what can be asked for; the kernel tells the rest always

    private const int DrainBytes = 16 * 1024;

    private readonly Lock _reading = new();
    private readonly Lock _gate = new(); // for the two below
    private readonly Dictionary<int, Interest[]> _interests = [];
    private int _removals;

    /// <summary>Watches a file for a listener. May block, where the file system does.</summary>
    /// <param name="listener">Who is to hear.</param>
    /// <param name="path">With a closing NUL.</param>
    /// <param name="mask">IN_… bits; only these of what happens are told.</param>
    /// <returns>The watch's number, or negative with the error in errno.</returns>
    public int Add(IINotifyListener listener, ReadOnlySpan<byte> path, uint mask)
    {
        while (true)
        {
            var removals = Volatile.Read(ref _removals);
            var watch = Libc.INotifyAddWatch(Handle, path, mask | Libc.IN_MASK_ADD);
            if (watch < 0 || TryEnter(listener, watch, mask, removals))
            {
                return watch;
            }

            // A watch was given up meanwhile. If it was this one, there is another number for the same file now.
            var again = Libc.INotifyAddWatch(Handle, path, mask | Libc.IN_MASK_ADD);
            if (again == watch)
            {
                return watch;
            }

            Remove(listener, watch);
            if (again < 0)
            {
                return again;
            }
        }
    }

    /// <summary>A listener has no interest in a watch any more. The watch goes with the last.</summary>
    public void Remove(IINotifyListener listener, int watch)
    {
        lock (_gate)
        {
            if (!_interests.TryGetValue(watch, out var interests))
            {
                return;
            }

            Interest[] left = [.. interests.Where(interest => interest.Listener != listener)];
            if (left.Length > 0)
            {
                _interests[watch] = left;
                return;
            }

            _interests.Remove(watch);
            _removals++;
            _ = Libc.INotifyRemoveWatch(Handle, watch);
        }
    }

    /// <summary>Hands on what the kernel has now, so that a listener which reads next gets all of it in one piece. From any thread.</summary>
    public void Drain()
    {
        Span<byte> buffer = stackalloc byte[DrainBytes];
        try
        {
            TryDrain(buffer);
        }
        catch (ObjectDisposedException)
        {
            // the listener was given up meanwhile, and with it the last interest
        }
    }

    /// <inheritdoc/>
    public override void OnReady(uint events)
    {
        if (!TryDrain(Reactor.Buffer.Free))
        {
            Reactor.Again(this);
        }
    }

    /// <inheritdoc/>
    // The last listener left and closed it, which ends the turns; or one threw, and the others want to hear what follows.
    public override void OnFailed(Exception failure) => Reactor.Again(this);

    // One at a time, so that records stay in their order. Telling is a copy into the listener's queue and does not block.
    private bool TryDrain(Span<byte> buffer)
    {
        lock (_reading)
        {
            for (var turn = 0; turn < ReadsPerTurn; turn++)
            {
                var count = Libc.Read(Handle, buffer);
                if (count <= 0)
                {
                    return true;
                }

                var records = new INotifyEvents(buffer[..count]);
                while (records.MoveNext())
                {
                    Tell(records);
                }
            }

            return false;
        }
    }

    private bool TryEnter(IINotifyListener listener, int watch, uint mask, int removals)
    {
        lock (_gate)
        {
            var others = _interests.GetValueOrDefault(watch) ?? [];
            var own = others.FirstOrDefault(interest => interest.Listener == listener);
            _interests[watch] = [.. others.Where(interest => interest.Listener != listener), new Interest(listener, own.Mask | mask)];
            return _removals == removals;
        }
    }

    private void Tell(INotifyEvents happened)
    {
        foreach (var interest in Concerned(happened))
        {
            if ((happened.Mask & Happenings) == 0 || (happened.Mask & Happenings & interest.Mask) != 0)
            {
                interest.Listener.OnEvent(happened);
            }
        }
    }

    private Interest[] Concerned(INotifyEvents happened)
    {
        lock (_gate)
        {
            if ((happened.Mask & Libc.IN_Q_OVERFLOW) != 0)
            {
                return [.. _interests.Values.SelectMany(all => all).DistinctBy(interest => interest.Listener)];
            }

            if (!_interests.TryGetValue(happened.Watch, out var interests))
            {
                return [];
            }

            if ((happened.Mask & Libc.IN_IGNORED) != 0)
            {
                _interests.Remove(happened.Watch); // the kernel's last word of it
            }

            return interests;
        }
    }

    private readonly record struct Interest(IINotifyListener Listener, uint Mask);
}
