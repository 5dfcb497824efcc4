using ExecActors.Platform;
using ExecActors.Runtime.FileSystem;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

/// <summary>A helper without a process.</summary>
internal sealed class FakeHelper : IFileHelper
{
    /// <inheritdoc/>
    public bool IsAlive { get; set; } = true;

    /// <summary>Whether it was ended.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Whether a call was broken off.</summary>
    public bool IsAborted { get; private set; }

    /// <inheritdoc/>
    public HelperMessage Call(ushort method, ReadOnlySpan<byte> body) => throw new HelperLostException("a fake");

    /// <inheritdoc/>
    public void Abort() => IsAborted = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        Assert.False(IsDisposed, "a helper is ended once");
        IsDisposed = true;
    }
}
