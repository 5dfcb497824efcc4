using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Where a process comes from, for logs.</summary>
/// <param name="ThreadId">A UUID in any of its usual spellings, or null.</param>
/// <param name="ToolCallId">Any text, or null.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy))]
public sealed record ProcessMetadata(string? ThreadId = null, string? ToolCallId = null)
{
    private const string UrnPrefix = "urn:uuid:";

    /// <summary>Reads the object or null at the reader's place.</summary>
    internal static ProcessMetadata? Read(ref FieldReader fields)
    {
        if (!fields.EnterOrNull("struct ExecMetadata"))
        {
            return null;
        }

        string? threadId = null, toolCallId = null;
        while (fields.NextMember(out var name))
        {
            switch (name)
            {
                case "threadId":
                    threadId = fields.StringOrNull();
                    CheckUuid(ref fields, threadId);
                    break;
                case "toolCallId":
                    toolCallId = fields.StringOrNull();
                    break;
                default:
                    fields.Skip();
                    break;
            }
        }

        return new(threadId, toolCallId);
    }

    private static void CheckUuid(ref FieldReader fields, string? text)
    {
        if (text is null)
        {
            return;
        }

        var uuid = text.StartsWith(UrnPrefix, StringComparison.Ordinal) ? text.AsSpan(UrnPrefix.Length) : text;
        if (!Guid.TryParseExact(uuid, "D", out _) && !Guid.TryParseExact(uuid, "N", out _) && !Guid.TryParseExact(uuid, "B", out _))
        {
            fields.Fail(Errors.InvalidParams($"invalid UUID in metadata.threadId: {Echo.Quoted(text)}"));
        }
    }
}
