using System.Buffers;

namespace ExecActors.Protocol;

/// <summary>What joins an answer to its request: a 64-bit integer or a text, echoed as it came. Repetition is not detected.</summary>
/// <remarks><c>default</c> is the number 0.</remarks>
public readonly record struct RequestId
{
    private RequestId(long number, string? text)
    {
        Number = number;
        Text = text;
    }

    /// <summary>The id -1, under which a message that could not be read is answered.</summary>
    public static RequestId Unparsable { get; } = new(-1, null);

    /// <summary>The number; 0 when the id is a text.</summary>
    public long Number { get; }

    /// <summary>The text, which may be empty; null when the id is a number.</summary>
    public string? Text { get; }

    /// <summary>An id that is a number, of any sign.</summary>
    public static RequestId FromNumber(long number) => new(number, null);

    /// <summary>An id that is a text.</summary>
    public static RequestId FromText(string text) => new(0, text);

    /// <summary>Writes the id as a JSON value.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var cursor = new Utf8Cursor(output);
        cursor.Id(this);
        cursor.Flush();
    }

    /// <summary>The id as it reads in a log line.</summary>
    public override string ToString() => Text ?? Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
