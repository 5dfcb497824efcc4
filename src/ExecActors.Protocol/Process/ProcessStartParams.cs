using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace ExecActors.Protocol;

/// <summary>Params of <c>process/start</c>.</summary>
/// <param name="ProcessId">The client's name for the process, unique in its session; any text.</param>
/// <param name="Argv">Program and arguments; at least one.</param>
/// <param name="Cwd">Working directory: a file URI or an absolute path.</param>
/// <param name="Env">Variables laid over the policy's result; the whole environment without a policy.</param>
/// <param name="Tty">Whether the process gets a terminal instead of pipes.</param>
[JsonObject(NamingStrategyType = typeof(CamelCaseNamingStrategy), ItemNullValueHandling = NullValueHandling.Ignore)]
public sealed partial record ProcessStartParams(
    string ProcessId,
    IReadOnlyList<string> Argv,
    string Cwd,
    IReadOnlyDictionary<string, string> Env,
    bool Tty)
{
    /// <summary>Whether standard input is a pipe rather than <c>/dev/null</c>; without meaning for a terminal.</summary>
    public bool PipeStdin { get; init; }

    /// <summary>The name that the program sees as its own; null for that of <see cref="Argv"/>.</summary>
    public string? Arg0 { get; init; }

    /// <summary>How the environment is made; null for exactly <see cref="Env"/>.</summary>
    public EnvPolicy? EnvPolicy { get; init; }

    /// <summary>Whether network access has to go through a managed proxy.</summary>
    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool EnforceManagedNetwork { get; init; }

    /// <summary>Where the process comes from, or null.</summary>
    public ProcessMetadata? Metadata { get; init; }

    /// <summary>How much of its output is kept; null for what the server keeps by itself. An addition to the protocol.</summary>
    public OutputRetention? OutputRetention { get; init; }

    /// <summary>What the process may do; null for whatever the server may. A profile without a working directory means <see cref="Cwd"/>.</summary>
    public SandboxContext? Sandbox { get; init; }

    /// <summary>Whether rules for a managed network were given. Set by decoding, never written.</summary>
    [JsonIgnore]
    public bool HasManagedNetwork { get; init; }

    /// <summary>Whether a proxy on the host was asked for. Set by decoding, never written.</summary>
    [JsonIgnore]
    public bool HasNetworkProxy { get; init; }

    /// <summary>Whether masking of credentials was asked for: anything but null and an empty list. Set by decoding, never written.</summary>
    [JsonIgnore]
    public bool HasCredentialProviders { get; init; }

    /// <summary>Whether a snapshot of a shell's state was asked for. Set by decoding, never written.</summary>
    [JsonIgnore]
    public bool HasShellSnapshot { get; init; }

    /// <summary>The bytes of the path that <see cref="Cwd"/> names: absolute, without dot segments and NUL. Set by decoding, never written.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> NativeCwd { get; init; }

    /// <summary>Reads the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="value">The params.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, [NotNullWhen(true)] out ProcessStartParams? value, out RpcError error) =>
        ParamsDecoder.TryDecode(paramsJson, Read, out value, out error);
}
