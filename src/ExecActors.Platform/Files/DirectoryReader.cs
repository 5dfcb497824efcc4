#pragma warning disable CA2000 // the descriptor passes to the reader
using System.Buffers;
using System.Buffers.Binary;
using ExecActors.Platform.Interop;
using Microsoft.Win32.SafeHandles;

namespace ExecActors.Platform;

/// <summary>The entries of an open directory in the kernel's order, without <c>.</c> and <c>..</c>. Owns the descriptor.</summary>
internal sealed class DirectoryReader(SafeFileHandle directory) : IDisposable
{
    private const int BufferBytes = 32 * 1024;

    // struct linux_dirent64
    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _filled;
    private int _next;
    private int _current;
    private bool _disposed;

    /// <summary>The directory itself.</summary>
    public SafeFileHandle Descriptor => directory;

    /// <summary>Why <see cref="MoveNext"/> was false before the end; 0 at the end.</summary>
    public int Errno { get; private set; }

    /// <summary>The entry's name with its closing NUL, until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> NameWithNul => Entry.Slice(NameOffset, Name.Length + 1);

    /// <summary>The entry's name, until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Name => Entry.Slice(NameOffset, Entry[NameOffset..].IndexOf((byte)0));

    /// <summary>One of the DT_… constants; DT_UNKNOWN where the file system does not say.</summary>
    public byte Type => Entry[TypeOffset];

    private ReadOnlySpan<byte> Entry => _buffer.AsSpan(_current, BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(_current + LengthOffset)));

    /// <summary>Opens a directory by its path.</summary>
    /// <param name="path">Without a closing NUL.</param>
    /// <param name="followLink">Otherwise a link as the last name is ENOTDIR.</param>
    /// <param name="guard">Judges what was opened; null for none.</param>
    /// <param name="reader">The caller disposes it; null on failure.</param>
    public static FileOutcome Open(ReadOnlySpan<byte> path, bool followLink, IPlaceGuard? guard, out DirectoryReader? reader) =>
        Open(Libc.NoDirectory, CString.Of(path), followLink, guard, out reader);

    /// <summary>Opens a directory by a path from another one, with a closing NUL.</summary>
    /// <inheritdoc cref="Open(ReadOnlySpan{byte}, bool, IPlaceGuard?, out DirectoryReader?)"/>
    public static FileOutcome Open(SafeFileHandle from, ReadOnlySpan<byte> path, bool followLink, IPlaceGuard? guard, out DirectoryReader? reader)
    {
        reader = null;
        if (guard is not null)
        {
            return OpenHeld(from, path, followLink, guard, out reader);
        }

        var flags = Libc.O_RDONLY | Libc.O_DIRECTORY | (followLink ? 0 : Libc.O_NOFOLLOW);
        var directory = Libc.OpenAt(from, path, flags);
        reader = directory.IsInvalid ? null : new DirectoryReader(directory);
        return directory.IsInvalid ? FileOutcome.LastError : default;
    }

    // Judged before it is opened: what may not be seen is absent, and not something without the permission to read it.
    private static FileOutcome OpenHeld(SafeFileHandle from, ReadOnlySpan<byte> path, bool followLink, IPlaceGuard guard, out DirectoryReader? reader)
    {
        reader = null;
        using var held = Libc.OpenAt(from, path, Libc.O_PATH | (followLink ? 0 : Libc.O_NOFOLLOW));
        if (held.IsInvalid)
        {
            return FileOutcome.LastError;
        }

        var outcome = guard.MayRead(held);
        return outcome.Succeeded ? Open(Libc.NoDirectory, LinuxFiles.SelfPath(held), followLink: true, guard: null, out reader) : outcome;
    }

    /// <summary>Goes to the next entry.</summary>
    /// <returns>False at the end, or when <see cref="Errno"/> says why not.</returns>
    public bool MoveNext()
    {
        do
        {
            if (_next >= _filled && !Fill())
            {
                return false;
            }

            _current = _next;
            _next += BinaryPrimitives.ReadUInt16LittleEndian(_buffer.AsSpan(_current + LengthOffset));
        }
        while (Name is [(byte)'.'] or [(byte)'.', (byte)'.']);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            directory.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private bool Fill()
    {
        var count = Libc.ReadEntries(directory, _buffer);
        Errno = count < 0 ? Libc.LastErrno : 0;
        _next = 0;
        _filled = Math.Max(count, 0);
        return count > 0;
    }
}
