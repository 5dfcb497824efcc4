using System.Collections.Concurrent;

using ExecActors.Platform;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>Files in memory that can be told to fail or to wait.</summary>
internal sealed class FakeSpillStore : ISpillStore
{
    private const int EBADF = 9;

    private int _open;
    private volatile Gate? _writeGate;
    private volatile Gate? _readGate;

    /// <inheritdoc/>
    public bool IsUsable { get; init; }

    /// <summary>The errno of the next calls to make a file; 0 for none.</summary>
    public int CreateErrno { get; set; }

    /// <summary>The errno of the next writes; 0 for none.</summary>
    public int WriteErrno { get; set; }

    /// <summary>The errno of the next reads; 0 for none.</summary>
    public int ReadErrno { get; set; }

    /// <summary>Files that were made and not disposed.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>All that were made.</summary>
    public ConcurrentQueue<FakeFile> Files { get; } = new();

    /// <summary>Writes wait from now on until the gate opens.</summary>
    public Gate HoldWrites() => _writeGate = new Gate();

    /// <summary>Reads wait from now on until the gate opens.</summary>
    public Gate HoldReads() => _readGate = new Gate();

    /// <inheritdoc/>
    public ISpillFile? Create(out int errno)
    {
        errno = CreateErrno;
        if (errno != 0)
        {
            return null;
        }

        Interlocked.Increment(ref _open);
        var file = new FakeFile(this);
        Files.Enqueue(file);
        return file;
    }

    internal sealed class FakeFile(FakeSpillStore store) : ISpillFile
    {
        private readonly Lock _gate = new();
        private byte[] _bytes = [];
        private int _disposed;

        public long Length => _bytes.Length;

        public long FreedBytes { get; private set; }

        public long WrittenBytes { get; private set; }

        public int Write(ReadOnlySpan<ReadOnlyMemory<byte>> parts, long offset)
        {
            store._writeGate?.Pass();
            if (store.WriteErrno != 0)
            {
                return store.WriteErrno;
            }

            lock (_gate)
            {
                foreach (var part in parts)
                {
                    if (_bytes.Length < offset + part.Length)
                    {
                        Array.Resize(ref _bytes, (int)offset + part.Length);
                    }

                    part.Span.CopyTo(_bytes.AsSpan((int)offset));
                    offset += part.Length;
                    WrittenBytes += part.Length;
                }
            }

            return _disposed == 0 ? 0 : EBADF;
        }

        public int Read(Span<byte> buffer, long offset)
        {
            store._readGate?.Pass();
            if (store.ReadErrno != 0)
            {
                return store.ReadErrno;
            }

            lock (_gate)
            {
                _bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
            }

            return _disposed == 0 ? 0 : EBADF;
        }

        public int Free(long offset, long length)
        {
            lock (_gate)
            {
                _bytes.AsSpan((int)offset, (int)Math.Min(length, _bytes.Length - offset)).Clear();
                FreedBytes += length;
            }

            return 0;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref store._open);
            }
        }
    }
}
