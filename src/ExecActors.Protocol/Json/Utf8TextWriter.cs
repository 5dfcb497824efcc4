using System.Buffers;
using System.Text;

namespace ExecActors.Protocol;

/// <summary>Lets a JSON writer, which writes characters, write UTF-8 into a buffer. Half a surrogate pair becomes U+FFFD.</summary>
internal sealed class Utf8TextWriter(IBufferWriter<byte> output) : TextWriter
{
    // Keeps the first half of a pair that two calls divide.
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => _encoder.Convert(buffer, output, flush: false, out _, out _);

    public override void Flush() => _encoder.Convert([], output, flush: true, out _, out _);
}
