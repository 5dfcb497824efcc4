using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>What a message between a server and a file helper is.</summary>
public enum HelperMessageKind
{
    /// <summary>From the server: do this.</summary>
    Request = 1,

    /// <summary>From the helper: it was done; the body is the result.</summary>
    Result = 2,

    /// <summary>From the helper: it was not done; the body says why.</summary>
    Refusal = 3,
}

/// <summary>One whole message. Its holder disposes it, and with it the descriptors that nobody took.</summary>
public sealed class HelperMessage : IDisposable
{
    private readonly ByteLease _body;
    private SafeFileHandle[] _descriptors;

    internal HelperMessage(in HelperPacketHeader header, ByteLease body, SafeFileHandle[] descriptors)
    {
        Id = header.Id;
        Kind = header.Kind;
        Method = header.Method;
        _body = body;
        _descriptors = descriptors;
    }

    /// <summary>The request's number, echoed by its answer.</summary>
    public uint Id { get; }

    /// <summary>What it is; what comes from the peer may be any value.</summary>
    public HelperMessageKind Kind { get; }

    /// <summary>A number that both ends give a meaning to; echoed by the answer.</summary>
    public ushort Method { get; }

    /// <summary>What it carries, until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Body => _body.Memory;

    /// <summary>The descriptors that came along, none to two. The caller owns them from then on; a second call gives none.</summary>
    public SafeFileHandle[] TakeDescriptors() => Interlocked.Exchange(ref _descriptors, []);

    /// <inheritdoc/>
    public void Dispose()
    {
        _body.Dispose();
        Array.ForEach(TakeDescriptors(), descriptor => descriptor.Dispose());
    }
}
