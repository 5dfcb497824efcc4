using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>One of the program's standard descriptors as a stream that reads or writes it and does nothing else.</summary>
/// <remarks>
/// <see cref="System.IO.FileStream"/> keeps a position of its own in a file and so writes over what others write there; the streams of
/// <see cref="Console"/> hide that a reader is gone and write control sequences to a terminal. This one writes where the descriptor stands, waits when
/// somebody made it non-blocking, and reports every error as an <see cref="IOException"/> with the errno as its HResult. Calls block.
/// Disposing it leaves the descriptor open.
/// </remarks>
public sealed class DescriptorStream : SequentialStream
{
    /// <summary>EPIPE: nobody reads any more.</summary>
    public const int BrokenPipe = Errno.EPIPE;

    private readonly SafeFileHandle _handle;
    private readonly bool _isInput;
    private readonly bool _dropsUnread;

    internal DescriptorStream(SafeFileHandle handle, bool isInput, bool dropsUnread)
    {
        _handle = handle;
        _isInput = isInput;
        _dropsUnread = dropsUnread;
    }

    /// <inheritdoc/>
    public override bool CanRead => _isInput;

    /// <inheritdoc/>
    public override bool CanWrite => !_isInput;

    /// <summary>Descriptor 0; empty when our caller closed it.</summary>
    public static Stream OpenInput() => Open(0, dropsUnread: false);

    /// <summary>Descriptor 1; swallows everything when our caller closed it.</summary>
    /// <param name="dropsUnread">Whether what nobody reads any more is dropped rather than an error.</param>
    public static Stream OpenOutput(bool dropsUnread = false) => Open(1, dropsUnread);

    /// <summary>Descriptor 2; swallows everything when our caller closed it.</summary>
    /// <param name="dropsUnread">Whether what nobody reads any more is dropped rather than an error.</param>
    public static Stream OpenError(bool dropsUnread = false) => Open(2, dropsUnread);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        Require(_isInput);
        int count;
        while ((count = Libc.Read(_handle, buffer)) < 0)
        {
            Await(Libc.POLLIN, Libc.LastErrno);
        }

        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Require(!_isInput);
        while (!buffer.IsEmpty)
        {
            var count = Libc.Write(_handle, buffer);
            if (count >= 0)
            {
                buffer = buffer[count..];
                continue;
            }

            var errno = Libc.LastErrno;
            if (errno == Errno.EPIPE && _dropsUnread)
            {
                return;
            }

            Await(Libc.POLLOUT, errno);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
        // nothing is held back
    }

#pragma warning disable CA2000 // the handle does not own its descriptor
    private static Stream Open(int descriptor, bool dropsUnread)
    {
        var handle = new SafeFileHandle(descriptor, ownsHandle: false);

        // A number that our caller left free is taken by whatever the runtime opens first, a pipe of its own for one. All that the runtime opens is
        // marked to be closed by exec; what came to us through an exec cannot be.
        return Libc.CloseOnExec(handle) == 0 ? new DescriptorStream(handle, descriptor == 0, dropsUnread) : Null;
    }
#pragma warning restore CA2000

    private void Await(short events, int errno)
    {
        switch (errno)
        {
            case Errno.EINTR:
                return;
            case Errno.EAGAIN:
                _ = Libc.Poll(_handle, events); // its own errors show at the next attempt
                return;
            default:
                throw new IOException(OsError.Describe(errno), errno);
        }
    }

    private static void Require(bool supported)
    {
        if (!supported)
        {
            throw new NotSupportedException("standard input is read and the other two are written");
        }
    }
}
