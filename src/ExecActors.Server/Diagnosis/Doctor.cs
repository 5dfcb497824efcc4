using System.Globalization;
using System.Text;
using System.Text.Json;
using ExecActors.Platform;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Settings;

namespace ExecActors.Server.Diagnosis;

/// <summary>Looks for what a server uses on this machine, and says what to do about what is missing.</summary>
internal static class Doctor
{
    private const int StateColumn = 9;
    private const int NameColumn = 17;

    /// <summary>Looks; takes a moment, because it tries things out.</summary>
    public static IReadOnlyList<Finding> Look(SandboxSettings settings, LifetimeSettings lifetime)
    {
        var bubblewrap = new Bubblewrap(settings.ToOptions());
        var sandbox = SandboxSupport.Look(bubblewrap);
        return
        [
            .. sandbox.Select(found => new Finding(found.Name, found.IsRequired, found.IsThere, found.Detail, found.Remedy)),
            sandbox.All(found => found.IsThere || !found.IsRequired)
                ? FileHelper(bubblewrap, settings)
                : new Finding("file helper", IsNeeded: true, IsGood: false, "not tried", "mend what is missing above"),
            .. HostSupport.Look(lifetime.ToOptions()).Select(found => new Finding(found.Name, IsNeeded: false, found.IsEnough, found.Detail, found.Remedy)),
        ];
    }

    /// <summary>Whether requests with a sandbox can be served.</summary>
    public static bool CanSandbox(IEnumerable<Finding> findings) => findings.All(found => found.IsGood || !found.IsNeeded);

    /// <summary>For people: a line for each finding, with what to do below it.</summary>
    /// <param name="findings">What was found.</param>
    /// <param name="notice">A sentence on how the server runs, which comes first; null for none.</param>
    public static string ToText(IReadOnlyList<Finding> findings, string? notice = null)
    {
        var text = new StringBuilder();
        if (notice is not null)
        {
            text.Append("note".PadRight(StateColumn)).AppendLine(notice);
        }

        foreach (var found in findings)
        {
            text.Append(found.State.PadRight(StateColumn)).Append(found.Name.PadRight(NameColumn)).AppendLine(found.Detail);
            if (found.Remedy is { } remedy)
            {
                text.Append(' ', StateColumn + NameColumn).Append("-> ").AppendLine(remedy);
            }
        }

        return text.AppendLine(CanSandbox(findings)
            ? "Requests with a sandbox can be served."
            : "Requests with a sandbox are refused until what is marked missing is there.").ToString();
    }

    /// <summary>For programs: <c>{"sandbox":bool,"notice":string or null,"findings":[{"name","state","needed","detail","remedy"}]}</c> in one line.</summary>
    /// <inheritdoc cref="ToText"/>
    public static string ToJson(IReadOnlyList<Finding> findings, string? notice = null)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteBoolean("sandbox", CanSandbox(findings));
            json.WriteString("notice", notice);
            json.WriteStartArray("findings");
            foreach (var found in findings)
            {
                json.WriteStartObject();
                json.WriteString("name", found.Name);
                json.WriteString("state", found.State);
                json.WriteBoolean("needed", found.IsNeeded);
                json.WriteString("detail", found.Detail);
                json.WriteString("remedy", found.Remedy);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static Finding FileHelper(Bubblewrap bubblewrap, SandboxSettings settings) =>
        FsHelper.Try(bubblewrap, settings, out var took) is { } failure
            ? new Finding("file helper", IsNeeded: true, IsGood: false, failure, "see what it says; sandbox.helper-command names the program")
            : new Finding(
                "file helper",
                IsNeeded: true,
                IsGood: true,
                string.Create(CultureInfo.InvariantCulture, $"started in {took.TotalMilliseconds:0} ms"),
                Remedy: null);
}
