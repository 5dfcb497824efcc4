namespace ExecActors.Benchmarks.Load;

/// <summary>The command <c>load</c>.</summary>
internal static class LoadCommand
{
    public static int Run(string[] options, TextWriter output, TextWriter error) => options.Length + output.NewLine.Length + error.NewLine.Length;
}
