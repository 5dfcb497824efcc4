#pragma warning disable CA2000 // the socket passes to the port
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The helper's end of its socket: takes requests and answers each before it takes the next. It owns the descriptor.</summary>
public sealed class HelperPort : IDisposable
{
    private readonly HelperSocket _socket;

    /// <summary>On a socket made by <see cref="HelperChannel.Create"/>.</summary>
    public HelperPort(SafeFileHandle socket) => _socket = new HelperSocket(socket);

    /// <summary>The longest result that can be answered, in bytes.</summary>
    public static int MaxResultBytes => HelperSocket.MaxMessageBytes;

    /// <summary>On descriptor 0, where the server put it.</summary>
    public static HelperPort OfStandardInput() => new(new SafeFileHandle(0, ownsHandle: true));

    /// <summary>Waits for a request without limit; the caller owns it.</summary>
    /// <returns>False when the server closed its end or broke off: there is nothing more to do.</returns>
    public bool TryReceive([NotNullWhen(true)] out HelperMessage? request)
    {
        request = null;
        try
        {
            return _socket.TryReceive(HelperDeadline.Never, out request);
        }
        catch (HelperLostException)
        {
            return false; // nobody is left to be told
        }
    }

    /// <summary>Answers a request; the descriptors, at most two, stay the caller's.</summary>
    /// <returns>False when the server is gone.</returns>
    public bool TryAnswer(HelperMessage request, HelperMessageKind kind, ReadOnlySpan<byte> body, params ReadOnlySpan<SafeFileHandle> descriptors)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            _socket.Send(new HelperPacketHeader(request.Id, kind, more: false, request.Method), body, descriptors, HelperDeadline.Never);
            return true;
        }
        catch (HelperLostException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
