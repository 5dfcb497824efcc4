#pragma warning disable CA2000 // the socket passes to the channel
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The server's end of a helper's socket: one call at a time, on a thread that may block. It owns the descriptor.</summary>
/// <remarks>After a <see cref="HelperLostException"/> nothing more can be asked; the helper is to be killed.</remarks>
public sealed class HelperChannel : IDisposable
{
    private readonly HelperSocket _socket;
    private uint _lastId;

    private HelperChannel(SafeFileHandle socket) => _socket = new HelperSocket(socket);

    /// <summary>Makes a channel and the end that becomes the helper's standard input; the caller closes that one once the helper has it.</summary>
    /// <exception cref="ProcessStartException">No descriptor is left.</exception>
    public static HelperChannel Create(out SafeFileHandle helperEnd)
    {
        if (Libc.PacketSocketPair(out var ours, out helperEnd) < 0)
        {
            throw StartFailure.FromErrno(Libc.LastErrno);
        }

        if (!OpenFiles.IsForProcesses(ours))
        {
            ours.Dispose();
            helperEnd.Dispose();
            throw StartFailure.FromErrno(Errno.EMFILE);
        }

        return new HelperChannel(ours);
    }

    /// <summary>Asks and waits for the answer, which the caller owns.</summary>
    /// <param name="method">What is asked.</param>
    /// <param name="body">With what.</param>
    /// <param name="patience">For the whole call; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <returns>A result or a refusal.</returns>
    /// <exception cref="HelperLostException">The helper ended, broke the rules or was too slow.</exception>
    public HelperMessage Call(ushort method, ReadOnlySpan<byte> body, TimeSpan patience)
    {
        var deadline = HelperDeadline.After(patience);
        var request = new HelperPacketHeader(++_lastId, HelperMessageKind.Request, more: false, method);
        _socket.Send(request, body, descriptors: [], deadline);
        if (!_socket.TryReceive(deadline, out var answer))
        {
            throw new HelperLostException("it closed its end", hasEnded: true);
        }

        if (answer.Id == request.Id && answer.Method == method && answer.Kind is HelperMessageKind.Result or HelperMessageKind.Refusal)
        {
            return answer;
        }

        answer.Dispose();
        throw new HelperLostException("it answered something that was not asked");
    }

    /// <summary>Whether the helper still has its end; it may close it the next moment.</summary>
    public bool IsOpen => _socket.IsOpen;

    /// <summary>Makes a call in progress fail, and every later one. Safe from any thread.</summary>
    public void Abort() => _socket.Abort();

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
