using System.Text;
using System.Text.Unicode;
using Akka.Configuration;
using ExecActors.Hosting;
using ExecActors.Platform;
using ExecActors.Runtime.Settings;

namespace ExecActors.Server.Serving;

/// <summary>The file given with <c>--config</c>, read and checked before anything starts.</summary>
/// <param name="Hocon">Its text; null without a file.</param>
/// <param name="Source">What error texts call it.</param>
/// <param name="Config">The built-in configuration with the file over it.</param>
/// <param name="Settings">What it says.</param>
internal sealed record ConfigFile(string? Hocon, string Source, Config Config, ExecServerSettings Settings)
{
    private const int MaximumBytes = 4 * 1024 * 1024;
    private const string Remedy = "hocon/execactors.conf lists every key with its meaning, unit and default.";

    /// <summary>Reads the file; null for none.</summary>
    /// <exception cref="ExecServerSettingsException">It cannot be read, does not parse, or has an unknown key or a bad value.</exception>
    public static ConfigFile Load(string? path)
    {
        var source = path ?? "";
        try
        {
            var text = path is null ? null : Read(path);
            var config = ExecServerSettings.Overlay(text, source);
            return new ConfigFile(text, source, config, ExecServerSettings.From(config));
        }
        catch (SettingsException e)
        {
            throw new ExecServerSettingsException(e.Message, Remedy, e);
        }
    }

    private static string Read(string path)
    {
        var file = SmallFile.Read(path, MaximumBytes);
        var bytes = file.Bytes.Span;
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        var whyNot = file.WhyNot ?? (Utf8.IsValid(bytes) ? null : "it is not UTF-8");
        return whyNot is null
            ? Encoding.UTF8.GetString(bytes)
            : throw new ExecServerSettingsException(
                $"failed to read the settings {path}: {whyNot}", "Give --config the path of a HOCON file that this user may read.");
    }
}
