#!/bin/bash
#SBATCH --job-name=celeb_a
#SBATCH --nodes=8
#SBATCH --ntasks-per-node=1      # one worker a node, with all GPUs of the node
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=32
#SBATCH --time=12:00:00
#SBATCH --signal=TERM@120        # the workers save and end two minutes before the time limit
#SBATCH --requeue                # a lost node restarts the job, and --resume continues
#SBATCH --open-mode=append

for attempt in 1 2 3; do
    srun --kill-on-bad-exit=1 --label ganzoo train dcgan --dataset celeb_a --batch-size 4096 \
        --distribute multi-worker --run-dir /shared/runs/celeb_a --resume
    code=$?
    if [ $code -eq 0 ] || [ $code -eq 143 ]; then # finished, or the time limit
        exit $code
    fi
done
exit $code
