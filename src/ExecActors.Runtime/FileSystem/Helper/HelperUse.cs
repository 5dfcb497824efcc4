namespace ExecActors.Runtime.FileSystem;

/// <summary>A helper that somebody has, or that is being started for them. Plain state of the <see cref="FileHelperPool"/>.</summary>
/// <param name="user">Who.</param>
/// <param name="key">What the helper can see.</param>
/// <param name="since">Since when, in milliseconds of <see cref="Environment.TickCount64"/>.</param>
internal sealed class HelperUse(HelperUser user, string key, long since)
{
    public HelperUser User => user;

    public string Key => key;

    public long Since => since;

    /// <summary>Null while it is being started.</summary>
    public IFileHelper? Helper { get; set; }

    /// <summary>Whether it has taken so long that it is not counted among those there may be.</summary>
    public bool IsAside { get; set; }

    /// <summary>Whether it was ended for others' sake.</summary>
    public bool IsEnded { get; set; }
}
