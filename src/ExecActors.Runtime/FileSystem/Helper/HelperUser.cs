namespace ExecActors.Runtime.FileSystem;

/// <summary>A session, to the <see cref="FileHelperPool"/>: who has how many helpers.</summary>
/// <param name="principal">Whose the session is.</param>
internal sealed class HelperUser(Principal principal)
{
    /// <summary>The name of the principal's share.</summary>
    public string Share => principal.Share;

    /// <summary>Helpers that work for it or are being started; the pool's to read and to change.</summary>
    public int Held { get; set; }
}
