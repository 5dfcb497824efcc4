using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>
/// Judges what a request may do, by descriptors: what was judged is what is acted on, however the names that led there are turned meanwhile. The methods of
/// <see cref="LinuxFiles"/> ask it before each act; without one nothing is limited.
/// </summary>
public interface IPlaceGuard
{
    /// <summary>Whether what is held may be looked at: read, listed, told about.</summary>
    /// <param name="held">Any descriptor, also one that opens nothing (O_PATH).</param>
    FileOutcome MayRead(SafeFileHandle held);

    /// <summary>Whether what is held may be changed: its bytes, or its mode.</summary>
    /// <param name="held">Any descriptor.</param>
    FileOutcome MayChange(SafeFileHandle held);

    /// <summary>Whether a directory may get an entry of a name.</summary>
    /// <param name="directory">Held.</param>
    /// <param name="name">One component with a closing NUL.</param>
    FileOutcome MayMake(SafeFileHandle directory, ReadOnlySpan<byte> name);

    /// <summary>Whether what has a name may lose it: by a removal, a renaming, or something that takes its place.</summary>
    /// <param name="directory">Held.</param>
    /// <param name="name">One component with a closing NUL.</param>
    FileOutcome MayTake(SafeFileHandle directory, ReadOnlySpan<byte> name);
}
