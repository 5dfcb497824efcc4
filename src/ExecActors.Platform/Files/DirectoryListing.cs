using ExecActors.Platform.Interop;

namespace ExecActors.Platform;

/// <summary>The entries of a directory, one by one, in the kernel's order and without <c>.</c> and <c>..</c>. The holder disposes it.</summary>
public sealed class DirectoryListing : IDisposable
{
    private readonly DirectoryReader _reader;

    internal DirectoryListing(DirectoryReader reader) => _reader = reader;

    /// <summary>The present entry's name, until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Name => _reader.Name;

    /// <summary>Whether the present entry is, or leads to, a directory.</summary>
    public bool IsDirectory { get; private set; }

    /// <summary>Whether the present entry is, or leads to, a regular file. A link that leads nowhere is neither.</summary>
    public bool IsFile { get; private set; }

    /// <summary>Why <see cref="MoveNext"/> ended before all entries were seen.</summary>
    public FileOutcome Outcome => FileOutcome.Failed(_reader.Errno);

    /// <summary>Goes to the next entry.</summary>
    /// <returns>False when there is none; see <see cref="Outcome"/>.</returns>
    public bool MoveNext()
    {
        if (!_reader.MoveNext())
        {
            return false;
        }

        IsDirectory = _reader.Type == Libc.DT_DIR;
        IsFile = _reader.Type == Libc.DT_REG;
        if (_reader.Type is Libc.DT_LNK or Libc.DT_UNKNOWN)
        {
            var found = Libc.StatusAt(_reader.Descriptor, _reader.NameWithNul, 0, out var status) == 0;
            IsDirectory = found && status.IsDirectory;
            IsFile = found && status.IsRegular;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
