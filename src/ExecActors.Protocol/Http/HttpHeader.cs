using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>One header line of a request.</summary>
/// <param name="Name">An HTTP token of any case; it goes out in lower case.</param>
/// <param name="Value">Its value, or what stands before the variable's content. Goes out as UTF-8; no control characters but the tab.</param>
/// <param name="ValueEnvVar">A variable of the server whose content is appended, so that a secret need not travel; null for none.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed record HttpHeader(string Name, string Value, string? ValueEnvVar = null)
{
    internal static HttpHeader? Read(ref ByteFieldReader fields)
    {
        if (!fields.Enter("struct HttpHeader"))
        {
            return null;
        }

        string? name = null, value = null, variable = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("name"u8))
            {
                name = fields.String();
            }
            else if (fields.IsNamed("value"u8))
            {
                value = fields.String();
            }
            else if (fields.IsNamed("valueEnvVar"u8))
            {
                variable = fields.StringOrNull();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(name is not null, "name");
        fields.Require(value is not null, "value");
        return fields.Error is null ? new(name!, value!, variable) : null;
    }
}
