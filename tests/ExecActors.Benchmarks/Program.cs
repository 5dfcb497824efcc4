using System.Globalization;

using BenchmarkDotNet.Running;

using ExecActors.Benchmarks.Load;
using ExecActors.Benchmarks.Micro;

// Without "load" everything is BenchmarkDotNet's: --filter '*Envelope*', --list flat, --help.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["load", .. var options])
{
    return LoadCommand.Run(options, Console.Out, Console.Error);
}

BenchmarkSwitcher.FromAssembly(typeof(EnvelopeBenchmarks).Assembly).Run(args, new MicroConfig());
return 0;
