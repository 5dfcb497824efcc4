namespace ExecActors.Hosting;

/// <summary>The server cannot start with what it was told.</summary>
public sealed class ExecServerSettingsException : Exception
{
    /// <summary>With what is wrong, what helps, and what was behind it.</summary>
    public ExecServerSettingsException(string message, string remedy, Exception? inner = null)
        : base(message, inner) => Remedy = remedy;

    /// <summary>What the operator can do about it: a sentence for the line after the message.</summary>
    public string Remedy { get; }
}
