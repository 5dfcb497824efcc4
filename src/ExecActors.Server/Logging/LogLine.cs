using System.Globalization;
using System.Text;

namespace ExecActors.Server.Logging;

/// <summary>
/// One event as one line: <c>time=2026-01-31T12:00:00.000Z level=info source=… event=… msg="…" Key=value</c>. A value with anything
/// but plain characters in it is quoted like a JSON string, so that neither a line break nor a control character gets out.
/// </summary>
internal static class LogLine
{
    private const string TemplateKey = "{OriginalFormat}";

    /// <summary>The line, without its end.</summary>
    public static string Format(
        DateTimeOffset time,
        LogLevel level,
        string category,
        EventId eventId,
        string message,
        IReadOnlyList<KeyValuePair<string, object?>>? properties,
        Exception? exception)
    {
        var line = new StringBuilder(256);
        line.Append("time=").Append(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        line.Append(" level=").Append(NameOf(level)).Append(" source=");
        AppendValue(line, category);
        if (eventId.Name is { } name)
        {
            AppendPair(line, "event", name);
        }

        AppendPair(line, "msg", message);
        foreach (var (key, value) in properties ?? [])
        {
            if (!string.Equals(key, TemplateKey, StringComparison.Ordinal))
            {
                AppendPair(line, key, Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty);
            }
        }

        if (exception is not null)
        {
            AppendPair(line, "exception", exception.ToString());
        }

        return line.ToString();
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        LogLevel.Critical => "critical",
        LogLevel.None => "none",
        _ => "unknown",
    };

    private static void AppendPair(StringBuilder line, string key, string value)
    {
        line.Append(' ').Append(key).Append('=');
        AppendValue(line, value);
    }

    private static void AppendValue(StringBuilder line, string value)
    {
        if (value.Length > 0 && !value.AsSpan().ContainsAnyExceptInRange('!', '~') && !value.AsSpan().ContainsAny('"', '=', '\\'))
        {
            line.Append(value);
            return;
        }

        line.Append('"');
        foreach (var character in value)
        {
            AppendEscaped(line, character);
        }

        line.Append('"');
    }

    private static void AppendEscaped(StringBuilder line, char character)
    {
        switch (character)
        {
            case '"' or '\\':
                line.Append('\\').Append(character);
                break;
            case '\n':
                line.Append("\\n");
                break;
            case '\t':
                line.Append("\\t");
                break;
            case < ' ' or (>= '\u007f' and < '\u00a0') or '\u2028' or '\u2029':
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
                break;
            default:
                line.Append(character);
                break;
        }
    }
}
