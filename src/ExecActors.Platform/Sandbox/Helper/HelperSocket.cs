#pragma warning disable CA2000 // the lease and the descriptor pass to the message; the finally block disposes them when there is none
using System.Diagnostics.CodeAnalysis;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>One end of the socket between a server and a helper: whole messages out of packets. Calls block. It owns the descriptor.</summary>
/// <remarks>
/// A message longer than a packet goes out as several with one id; they are never mixed with those of another message. Descriptors travel with the
/// last packet. One thread at a time, except <see cref="Abort"/>, which any may call.
/// </remarks>
internal sealed class HelperSocket(SafeFileHandle socket) : IDisposable
{
    /// <summary>The longest message taken from the peer, in bytes: no helper may make the server hold more.</summary>
    public const int MaxMessageBytes = 64 * 1024 * 1024;

    /// <summary>Payload of one packet, in bytes: well below the smallest send buffer that systems come with (net.core.wmem_default).</summary>
    public const int PacketBytes = 32 * 1024;

    private readonly byte[] _packet = new byte[PacketBytes];

    /// <summary>Whether nothing is there to be read: the peer neither closed its end nor sent what nobody asked for.</summary>
    public bool IsOpen => Libc.PollFor(socket, Libc.POLLIN, 0) == 0;

    /// <summary>Sends a message.</summary>
    /// <exception cref="HelperLostException">The peer is gone, or did not take it in time.</exception>
    public void Send(HelperPacketHeader header, ReadOnlySpan<byte> body, ReadOnlySpan<SafeFileHandle> descriptors, HelperDeadline deadline)
    {
        do
        {
            var part = body[..Math.Min(body.Length, PacketBytes)];
            body = body[part.Length..];
            SendPacket(header.With(more: !body.IsEmpty), part, body.IsEmpty ? descriptors : [], deadline);
        }
        while (!body.IsEmpty);
    }

    /// <summary>Waits for the next message; the caller owns it.</summary>
    /// <returns>False when the peer closed its end between two messages.</returns>
    /// <exception cref="HelperLostException">The peer went in the middle of a message, broke the rules, or was too slow.</exception>
    public bool TryReceive(HelperDeadline deadline, [NotNullWhen(true)] out HelperMessage? message)
    {
        message = null;
        ByteLease? body = null;
        SafeFileHandle[] descriptors = [];
        try
        {
            var first = default(HelperPacketHeader);
            while (true)
            {
                var length = ReceivePacket(deadline, out var header, out var passed);
                if (length < 0)
                {
                    return body is null ? false : throw new HelperLostException("it closed its end in the middle of an answer", hasEnded: true);
                }

                descriptors = passed; // only the last packet may have any
                first = body is null ? header : first;
                var isPart = header.More;
                if (!header.IsSameMessage(first) || (isPart && (passed.Length > 0 || length < PacketBytes)))
                {
                    throw new HelperLostException("it mixed up its packets");
                }

                body = Join(body, _packet.AsSpan(0, length));
                if (!isPart)
                {
                    message = new HelperMessage(first, body, descriptors);
                    return true;
                }
            }
        }
        finally
        {
            if (message is null)
            {
                body?.Dispose();
                Array.ForEach(descriptors, descriptor => descriptor.Dispose());
            }
        }
    }

    /// <summary>Ends the conversation for both ends at once; a call in progress fails.</summary>
    public void Abort() => _ = Libc.Shutdown(socket);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void SendPacket(HelperPacketHeader header, ReadOnlySpan<byte> part, ReadOnlySpan<SafeFileHandle> descriptors, HelperDeadline deadline)
    {
        Span<byte> head = stackalloc byte[HelperPacketHeader.Size];
        header.Write(head);
        while (Libc.SendPacket(socket, head, part, descriptors) < 0)
        {
            Await(Libc.POLLOUT, deadline);
        }
    }

    /// <returns>The payload's length; -1 at the end.</returns>
    private int ReceivePacket(HelperDeadline deadline, out HelperPacketHeader header, out SafeFileHandle[] descriptors)
    {
        Span<byte> head = stackalloc byte[HelperPacketHeader.Size];
        nint count;
        bool truncated;
        while ((count = Libc.ReceivePacket(socket, head, _packet, out descriptors, out truncated)) < 0)
        {
            if (Libc.LastErrno == Errno.ECONNRESET)
            {
                break; // closed with something of ours unread: the same as closed
            }

            Await(Libc.POLLIN, deadline);
        }

        header = HelperPacketHeader.Read(head);
        if (count > 0 && (truncated || count < head.Length))
        {
            Array.ForEach(descriptors, descriptor => descriptor.Dispose());
            throw new HelperLostException($"it sent a packet of a wrong length ({count} bytes)");
        }

        return count <= 0 ? -1 : (int)count - head.Length;
    }

    private void Await(short events, HelperDeadline deadline)
    {
        switch (Libc.LastErrno)
        {
            case Errno.EINTR:
                return;
            case Errno.EAGAIN:
                if (Libc.PollFor(socket, events, deadline.RemainingMilliseconds) == 0 && deadline.IsOver)
                {
                    throw new HelperLostException($"it did not answer within {deadline.Patience.TotalSeconds:0.###} s");
                }

                return; // an interrupted or failed poll shows at the next attempt
            case Errno.EPIPE or Errno.ECONNRESET:
                throw new HelperLostException("it closed its end", hasEnded: true);
            case var errno:
                throw new HelperLostException(OsError.Describe(errno));
        }
    }

    private static ByteLease Join(ByteLease? before, ReadOnlySpan<byte> part)
    {
        if (before is null)
        {
            return ByteLease.CopyOf(part);
        }

        var length = before.Length + part.Length;
        if (length > MaxMessageBytes)
        {
            throw new HelperLostException($"it sent more than {MaxMessageBytes} bytes in one message");
        }

        var joined = before;
        if (length > before.Array.Length)
        {
            joined = ByteLease.Rent(Math.Max(length, before.Array.Length * 2));
            before.Span.CopyTo(joined.Array);
        }

        part.CopyTo(joined.Array.AsSpan(before.Length));
        joined.SetLength(length);
        if (!ReferenceEquals(joined, before))
        {
            before.Dispose();
        }

        return joined;
    }
}
