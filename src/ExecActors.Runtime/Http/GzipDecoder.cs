using System.IO.Compression;

using ExecActors.Platform;

namespace ExecActors.Runtime.Http;

/// <summary>Decodes gzip: all members, one after the other. Bytes behind the last one that do not begin as a member does are ignored.</summary>
/// <remarks>
/// <see cref="GZipStream"/> ends without an error at a body that ends inside of a member (.NET 10). Therefore one byte follows the body, which
/// begins no member. A decoder at the end of a member leaves it alone and never asks for more. One inside of a member uses it up, and what
/// comes of it (more output, the next question) tells that the body was cut.
/// </remarks>
internal sealed class GzipDecoder : SequentialStream
{
    private readonly MarkedInput _input;
    private readonly GZipStream _gzip;

    /// <summary>Reads from a body that stays its owner's.</summary>
    public GzipDecoder(Stream input)
    {
        _input = new MarkedInput(input);
        _gzip = new GZipStream(_input, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">It is not gzip.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The decoder asks for input only when it has no output: so what comes after the mark was made of it.
        var read = await _gzip.ReadAsync(buffer, cancellationToken);
        return read == 0 || !_input.IsMarked ? read : throw MarkedInput.EndsTooEarly();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("nothing may block");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a response body is only read; ask CanWrite first");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>A body with the mark behind it; an empty one has none.</summary>
    private sealed class MarkedInput(Stream input) : SequentialStream
    {
        private const byte FirstOfMember = 0x1F;

        private bool _hasBegun;
        private bool _holds; // a byte that came last and may begin a member

        public bool IsMarked { get; private set; }

        public override bool CanRead => true;

        public override bool CanWrite => false;

        public static EndOfStreamException EndsTooEarly() => new("the body ends inside of a gzip member");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsMarked)
            {
                throw EndsTooEarly();
            }

            var filled = await FillAsync(buffer, cancellationToken);
            if (filled > 0 || !_hasBegun)
            {
                _hasBegun = true;
                return filled;
            }

            IsMarked = true;
            buffer.Span[0] = 0;
            return 1;
        }

        // Between two members the decoder takes this byte for the next one's beginning when it is the last it has; so it goes with the byte behind it.
        private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var filled = 0;
            if (_holds)
            {
                buffer.Span[filled++] = FirstOfMember;
                _holds = false;
            }

            int read;
            do
            {
                read = await input.ReadAsync(buffer[filled..], cancellationToken);
                filled += read;
            }
            while (read > 0 && filled == 1 && buffer.Span[0] == FirstOfMember);

            if (read > 0 && buffer.Span[filled - 1] == FirstOfMember)
            {
                _holds = true;
                filled--;
            }

            return filled;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("nothing may block");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("it is only read; ask CanWrite first");

        public override void Flush()
        {
        }
    }
}
