namespace ExecActors.Runtime.Settings;

/// <summary>A setting is unknown, missing, of the wrong kind or out of range. The message names its full path.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>With the text for the person who wrote the setting.</summary>
    public SettingsException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
