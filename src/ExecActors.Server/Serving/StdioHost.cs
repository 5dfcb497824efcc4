namespace ExecActors.Server.Serving;

/// <summary>A host without a web server, for one connection over standard input and output.</summary>
internal static class StdioHost
{
    /// <summary>Builds the host; it ends with its connection.</summary>
    public static IHost Build(ServeOptions options, ConfigFile config, ProgramIo io)
    {
        var builder = Host.CreateEmptyApplicationBuilder(HostSetup.Settings);
        HostSetup.Apply(builder, options, config, authentication: null, io);
        builder.Services.AddSingleton(io);
        builder.Services.AddHostedService<StdioConnection>();
        return builder.Build();
    }
}
